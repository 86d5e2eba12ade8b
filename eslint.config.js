import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The rooms of the house and what each may import: arrows go up this table, never down. */
const learned = ['registry', 'numerics', 'learning', 'data', 'topologies', 'matching', 'merging'];
const recipes = [...learned, 'algorithms', 'protocol', 'recipe'];
const rooms = {
  registry: [],
  numerics: [],
  learning: ['registry', 'numerics'],
  data: ['registry', 'numerics', 'learning'],
  topologies: ['registry', 'numerics'],
  matching: ['registry', 'numerics', 'learning'],
  merging: ['registry', 'numerics', 'learning', 'matching'],
  algorithms: learned,
  protocol: ['registry', 'numerics', 'learning'],
  recipe: [...learned, 'algorithms', 'protocol'],
  runs: ['registry', 'numerics', 'learning', 'data', 'recipe'],
  hosting: [...recipes, 'runs'],
  server: [...recipes, 'runs', 'hosting'],
  client: [...recipes, 'runs', 'hosting'],
  simulator: [...recipes, 'runs', 'hosting'],
  experiments: [...recipes, 'runs', 'hosting', 'simulator'],
};
const names = Object.keys(rooms);

/** A room is entered by its door (`index.js`) only, and only where an arrow is allowed. */
const arrows = names.map((room) => {
  const closed = [...names, 'cli', 'test', 'bench'].filter((r) => r !== room && !rooms[room].includes(r));
  return {
    files: [`${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: `^(\\.\\./)+(${closed.join('|')})/`, message: `${room}/ may not import this room.` },
            {
              regex: `^(\\.\\./)+(${names.filter((r) => r !== room).join('|')})/(?!(host/)?index\\.js$)`,
              message: 'Enter a room by its door, index.js.',
            },
          ],
        },
      ],
    },
  };
});

const deterministicRooms = names.slice(0, names.indexOf('recipe') + 1);

export default tseslint.config(
  { ignores: ['dist', 'bundle', '.cache', 'runs/*/', 'node_modules'] },
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
    files: deterministicRooms.map((room) => `${room}/**/*.ts`),
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
  ...arrows,
);
