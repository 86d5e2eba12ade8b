/** Mocha's dots on the screen; and its JSON report in the file MURMUR_TEST_REPORT, which .ci/run counts by. */
import Mocha from 'mocha';

export default class DotsAndReport extends Mocha.reporters.Dot {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const output = process.env['MURMUR_TEST_REPORT'];
    if (output === undefined) return;
    const toFile = { ...options, reporterOption: { output } };
    new Mocha.reporters.JSON(runner, toFile);
  }
}
