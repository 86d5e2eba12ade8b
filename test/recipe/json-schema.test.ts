import { expect } from 'chai';
import { recipeJsonSchema, registries } from '../../recipe/index.js';

interface Schema {
  readonly $defs: Record<string, { anyOf: { enum?: string[]; properties?: Record<string, unknown> }[] }>;
  readonly properties: Record<string, { $ref?: string; description?: string }>;
  readonly required: string[];
}

describe("the recipe's JSON Schema", () => {
  const schema = JSON.parse(JSON.stringify(recipeJsonSchema())) as Schema;

  it('has a branch for every entry of every registry', () => {
    for (const { name, entries } of Object.values(registries)) {
      const [kinds, ...branches] = schema.$defs[name].anyOf;
      expect(kinds.enum, name).to.deep.equal(entries.map(({ kind }) => kind));
      expect(branches.map(({ properties }) => properties?.kind)).to.deep.equal(
        entries.map(({ kind }) => ({ const: kind })),
      );
    }
  });

  it('points fields to what their registry offers, and asks only for what has no default', () => {
    expect(schema.properties.algorithm.$ref).to.equal('#/$defs/algorithm');
    expect(schema.properties.topology.$ref).to.equal('#/$defs/topology');
    expect(schema.required).to.include.members(['data', 'model', 'algorithm', 'rounds']);
    expect(schema.required).not.to.include.members(['seed', 'topology', 'evaluate']);
  });

  it('takes a number alone where a distribution is asked for', () => {
    const text = JSON.stringify(recipeJsonSchema());
    expect(text).to.match(/"latency":\{[^{}]*"anyOf":\[\{"type":"number"\},\{/);
    expect(text).not.to.include('orNumber');
  });
});
