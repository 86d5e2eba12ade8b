/** The sweeps that come with the package are valid, named as their files, and accepted by what they run. */
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { countRuns, expandSweep, readSweep } from '../../../experiments/sweep/index.js';
import { buildFederation } from '../../../recipe/index.js';

const folder = new URL('../../../../experiments/sweeps/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const path = new URL(file, folder).pathname;

  it(`sweep ${file} is valid, and every run differs from all others`, () => {
    const sweep = readSweep(path);
    expect(`${sweep.name}.yaml`).to.equal(file);
    const runs = expandSweep(sweep);
    expect(new Set(runs.map(({ hash }) => hash)).size).to.equal(runs.length);
    expect(sweep.seeds).to.have.length.at.least(3);
    expect(countRuns(readSweep(path, { quick: true }))).to.be.within(8, 24);
  });

  it(`sweep ${file}: the quick variant's runs can be run`, () => {
    const runs = expandSweep(readSweep(path, { quick: true }));
    for (const { recipe } of runs.filter(({ seed }) => seed === runs[0].seed)) {
      expect(buildFederation(recipe).partition.clients).to.be.at.least(16);
    }
  });
}
