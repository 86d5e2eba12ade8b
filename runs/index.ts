export type {
  ClientsEvent,
  EvaluationEvent,
  ExchangeEvent,
  PopulationEvent,
  RunEvent,
  RunRecord,
  Skew,
} from './events.js';
