export { assign, type Assignment, type ScoreMatrix } from './assignment.js';
