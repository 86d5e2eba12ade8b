import { describeNode } from '../support/other-node.js';

describeNode('24');
