import { readFileSync } from 'node:fs';
import { describeNode } from '../support/other-node.js';

const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };

describeNode(`${engines.node.replace('>=', '')}.0`);
