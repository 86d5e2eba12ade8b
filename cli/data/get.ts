/** `murmur data get NAME`: downloads a data set, when asked to and at no other time. */
import { Command } from 'commander';
import { type DownloadProgress, defaultDataHome, downloadDataset } from '../../data/host/index.js';
import { statusLine } from '../status-line.js';

export const getCommand = () =>
  new Command('get')
    .description('Download a data set from its official place, checked; goes on where it broke off.')
    .argument('<name>', 'a data set that `murmur data list` names')
    .option('--mirror <url>', 'the address of a folder that has the files under their published names')
    .action(async (name: string, { mirror }: { readonly mirror?: string }) => {
      if (mirror !== undefined && !URL.canParse(mirror)) {
        throw new Error(`--mirror ${mirror}: give an address, e.g. https://example.org/mnist/`);
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
