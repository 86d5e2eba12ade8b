import { expect } from 'chai';
import { sha256 } from '../../numerics/index.js';
import { z } from 'zod';
import { isFilePath } from '../../registry/index.js';
import { parseRecipe, recipeSchema, registries } from '../../recipe/index.js';
import { fileChecksums, readRecipeFiles } from '../../recipe/files.js';
import { temporaryFolder } from '../support/folder.js';
import { smallRecipe } from '../support/small-recipe.js';

interface Text {
  readonly field: string;
  readonly description: string;
  readonly isFile: boolean;
}

/** The fields of a schema that hold any text. */
function texts(schema: z.core.$ZodType, field: string): Text[] {
  const { description = '' } = z.globalRegistry.get(schema) ?? {};
  if (schema instanceof z.ZodString) return [{ field, description, isFile: isFilePath(schema) }];
  if (schema instanceof z.ZodObject) {
    const { shape }: z.ZodObject<z.core.$ZodShape> = schema;
    return Object.entries(shape).flatMap(([name, inner]) => texts(inner, `${field}.${name}`));
  }
  if (schema instanceof z.ZodArray) return texts(schema.element, field);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((each) => texts(each, field));
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out].flatMap((each) => texts(each, field));
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return texts(schema.unwrap(), field).map((text) => ({
      ...text,
      description: text.description || description,
    }));
  }
  return [];
}

describe('the files that a recipe names', () => {
  const folder = temporaryFolder();

  it('are also those of the topology that another is made of', () => {
    const edges = 'a,b\nb,c\nc,a\n';
    const path = folder.write('edges.csv', edges);
    const topology = { kind: 'churn', base: { kind: 'file', path } };
    const recipe = parseRecipe(
      smallRecipe({ algorithm: { kind: 'gossip', optimizer: { learningRate: 0.1 } }, topology }),
    );
    expect(fileChecksums(recipe)).to.deep.equal({ 'topology.base.path': sha256(Buffer.from(edges)) });
    expect(Buffer.from(readRecipeFiles(recipe)[path]).toString()).to.equal(edges);
  });

  it("are also those of the teacher's own model", () => {
    const [teacher, file] = [folder.write('t.safetensors', 'weights'), folder.write('m.json', 'layers')];
    const loss = { kind: 'distillation', teacher, model: { kind: 'keras', file } };
    expect(fileChecksums(parseRecipe(smallRecipe({ loss })))).to.deep.equal({
      'loss.teacher': sha256(Buffer.from('weights')),
      'loss.model.file': sha256(Buffer.from('layers')),
    });
  });

  it('are all declared as files, whatever entry names them', () => {
    // What datasets name is read by their entries, and is in their checksums.
    const { datasets, ...others } = registries;
    const schemas = [
      ['recipe', recipeSchema] as const,
      ...Object.values(others).flatMap(({ name, entries }) =>
        entries.map(({ kind, options }) => [`${name} ${kind}`, options] as const),
      ),
    ];
    const found = schemas.flatMap(([name, schema]) => texts(schema, name));
    const files = found.filter(({ isFile }) => isFile).map(({ field }) => field);
    expect(files).to.include.members([
      'recipe.init.file',
      'model keras.file',
      'loss distillation.teacher',
      'topology file.path',
    ]);
    const undeclared = found.filter(
      ({ field, description, isFile }) =>
        !isFile && /\b(file|path|folder)\b|\.(json|safetensors|csv)/i.test(`${field} ${description}`),
    );
    expect(undeclared).to.deep.equal([]);
    expect(datasets.entries).not.to.deep.equal([]);
  });
});
