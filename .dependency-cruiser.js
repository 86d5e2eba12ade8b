/**
 * Which modules may import which, from the bottom up. `X` is the core of a folder, which imports neither Node.js nor the DOM; `X/host` is
 * the code of the same folder that needs Node.js. Another module is imported by its public API, `index.ts`, only. No import cycles, type
 * imports included.
 */
const learned = ['registry', 'numerics', 'errors', 'learning', 'data', 'topologies', 'matching', 'merging'];
const recipes = [...learned, 'algorithms', 'protocol', 'recipe'];
const core = [...recipes, 'records', 'execution', 'rounds', 'gossip', 'transport'];
const hosts = [
  'learning/host',
  'data/host',
  'recipe/host',
  'records/host',
  'execution/host',
  'transport/host',
];
const modules = {
  errors: [],
  registry: ['errors'],
  numerics: ['errors'],
  learning: ['errors', 'registry', 'numerics'],
  data: ['errors', 'registry', 'numerics', 'learning'],
  topologies: ['errors', 'registry', 'numerics'],
  matching: ['errors', 'registry', 'numerics', 'learning'],
  merging: ['errors', 'registry', 'numerics', 'learning', 'matching'],
  algorithms: learned,
  protocol: ['errors', 'registry', 'numerics', 'learning'],
  // Until what reads files lies in recipe/host: data/host and learning/host.
  recipe: [...learned, 'algorithms', 'protocol', 'data/host', 'learning/host'],
  records: ['errors', 'registry', 'numerics', 'learning', 'data', 'recipe'],
  execution: [...recipes, 'records'],
  rounds: [...recipes, 'records', 'execution'],
  gossip: [...recipes, 'records', 'execution', 'rounds'],
  transport: ['errors', 'numerics', 'protocol'],
  server: core,
  client: core,
  'learning/host': ['errors', 'registry', 'numerics', 'learning'],
  'data/host': ['errors', 'registry', 'numerics', 'learning', 'data'],
  'recipe/host': [...recipes, 'learning/host', 'data/host'],
  'records/host': [...core, 'learning/host', 'data/host', 'recipe/host'],
  'execution/host': [...core, 'learning/host', 'data/host', 'recipe/host'],
  'transport/host': ['errors', 'numerics', 'protocol', 'transport'],
  'server/host': [...core, ...hosts, 'server'],
  'client/host': [...core, ...hosts, 'client'],
  simulator: [...core, ...hosts],
  experiments: [...core, ...hosts, 'simulator'],
  cli: [...core, ...hosts, 'server', 'server/host', 'client', 'client/host', 'simulator', 'experiments'],
};
/** Modules of which not everything that needs Node.js lies in `host/` yet. */
const unfinished = ['data', 'recipe'];
/** Folders that still have import cycles. */
const cyclic = ['data'];

const names = Object.keys(modules);
const folders = [...new Set(names.map((name) => name.split('/')[0]))].join('|');
const isHost = (module) => module.endsWith('/host') || ['simulator', 'experiments', 'cli'].includes(module);
/** experiments/sweep has a public API of its own. */
const entrances = (module) => [
  `${module}/index`,
  ...(module === 'experiments' ? ['experiments/sweep(/queue)?/index'] : []),
];

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: `^(${cyclic.join('|')})/` },
      to: { circular: true },
    },
    ...names.map((module) => ({
      name: `${module}-imports`,
      comment: `${module} may import ${modules[module].join(', ') || 'no other module'}, each by its index.ts.`,
      severity: 'error',
      from: { path: `^${module}/${isHost(module) ? '' : '(?!host/)'}` },
      to: {
        path: `^(${folders}|test|bench)/`,
        pathNot: [
          `^${module.split('/')[0]}/${isHost(module) || unfinished.includes(module) ? '' : '(?!host/)'}`,
          `^(${modules[module].flatMap(entrances).join('|') || 'none'})\\.ts$`,
        ],
      },
    })),
    {
      name: 'core-without-node',
      comment: 'The core runs in a browser too: move what needs Node.js to the folder host/ beside it.',
      severity: 'error',
      from: {
        path: `^(${names.filter((module) => !isHost(module) && !unfinished.includes(module)).join('|')})/`,
        pathNot: '/host/',
      },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bundle|\\.cache|runs)/' },
  },
};
