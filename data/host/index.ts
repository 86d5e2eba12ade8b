export { defaultDataHome } from './data-home.js';
export { diskFiles, openLocalData } from './disk-files.js';
export { downloadDataset, type DownloadDatasetOptions } from './download-dataset.js';
export { DownloadInterruptedError, type DownloadProgress } from './download.js';
export { importDataset } from './import-dataset.js';
export { findDataset, locateDataset, type LocatedFile, type SearchPath } from './locate.js';
