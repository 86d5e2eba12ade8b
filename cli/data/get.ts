/** `murmur data get NAME`: downloads a dataset; no other command downloads data. */
import { Command } from 'commander';
import { type DownloadProgress, defaultDataHome, downloadDataset } from '../../data/host/index.js';
import { statusLine } from '../status-line.js';

export const getCommand = () =>
  new Command('get')
    .description('Download a dataset from its publisher and check it; resumes a partial download.')
    .argument('<name>', 'a dataset from `murmur data list`')
    .option('--mirror <url>', 'URL of a folder with the files under their published names')
    .action(async (name: string, { mirror }: { readonly mirror?: string }) => {
      if (mirror !== undefined && !URL.canParse(mirror)) {
        throw new Error(`--mirror ${mirror}: give a URL, e.g. https://example.org/mnist/`);
      }
      const line = statusLine();
      try {
        const folder = await downloadDataset(name, {
          home: defaultDataHome(),
          baseUrl: mirror,
          onProgress: (progress) => {
            line.show(text(progress));
          },
        });
        line.end();
        process.stdout.write(`${name} is in ${folder}\n`);
      } finally {
        line.end();
      }
    });

function text({ file, received, total }: DownloadProgress): string {
  if (total === undefined) return `${file}  ${megabytes(received)}`;
  return `${file}  ${megabytes(received)} of ${megabytes(total)}  ${Math.floor((100 * received) / total)} %`;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
