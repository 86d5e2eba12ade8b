import { expect } from 'chai';
import { exitCode } from '../../cli/exit-codes.js';
import { reportFailure } from '../../cli/failure.js';
import { NobodyAnsweredError } from '../../errors/index.js';

describe('a failed command', () => {
  it('says in a sentence, without a stack trace, that no client has answered', () => {
    const write = process.stderr.write.bind(process.stderr);
    const written: string[] = [];
    process.stderr.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    let code;
    try {
      code = reportFailure(new NobodyAnsweredError(1, new Map([[0, 'it sent 70000; use int8 or float32']])));
    } finally {
      process.stderr.write = write;
    }
    expect(code).to.equal(exitCode.failure);
    expect(written).to.deep.equal([
      'murmur: round 1 has no update that counts; client 0: it sent 70000; use int8 or float32\n',
    ]);
  });
});
