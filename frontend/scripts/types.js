// Writes what TypeScript has to know of the committed SDL, for gql.tada.
import { readFileSync, writeFileSync } from 'node:fs';
import { buildSchema, introspectionFromSchema } from 'graphql';
import { minifyIntrospection, outputIntrospectionFile } from '@gql.tada/internal';

const here = new URL('..', import.meta.url);
const schema = buildSchema(readFileSync(new URL('../schema/schema.graphql', here), 'utf8'));
const introspection = minifyIntrospection(introspectionFromSchema(schema, { descriptions: false }));
const file = outputIntrospectionFile(introspection, { fileType: '.d.ts', shouldPreprocess: true });
writeFileSync(new URL('.svelte-kit/schema.d.ts', here), file);
