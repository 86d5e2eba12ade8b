export { renderReport, type ReportedRun } from './report/report.js';
