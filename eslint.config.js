import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Their results decide the bits of a run. Which modules may import which is in .dependency-cruiser.js. */
const deterministic = [
  ...[
    'registry',
    'numerics',
    'learning',
    'data',
    'topologies',
    'matching',
    'merging',
    'algorithms',
    'protocol',
  ],
  ...['recipe', 'execution', 'rounds', 'gossip', 'server', 'client'],
];

export default tseslint.config(
  // tsconfig.core.json alone reads core.d.ts.
  { ignores: ['core.d.ts', 'dist', 'bundle', '.cache', 'runs/*/', 'node_modules'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: deterministic.map((module) => `${module}/**/*.ts`),
    ignores: ['**/host/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Draw from a named stream.' },
        { object: 'Date', property: 'now', message: 'Algorithms read no clock.' },
        { object: 'performance', property: 'now', message: 'Algorithms read no clock.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  {
    files: ['**/*.js', 'examples/**'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { console: 'readonly' } },
  },
);
