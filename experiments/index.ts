export { barChart, type BarChart } from './report/charts/bar-chart.js';
export { withColours, themes, type Theme } from './report/charts/colours.js';
export { graphDrawing, type GraphDrawing } from './report/charts/graph-drawing.js';
export { heatmap, type Heatmap } from './report/charts/heatmap.js';
export { lineChart, type LineChart, type Series } from './report/charts/line-chart.js';
export { renderReport, type ReportedRun } from './report/report.js';
export { writeReport } from './write-report.js';
export { reportRuns, type ReportOptions, type WrittenReport } from './report-runs.js';
export type { TableFormat } from './write-comparison.js';
