// GraphQL documents typed by the committed SDL (scripts/types.js writes what TypeScript reads).
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from '../../../.svelte-kit/schema';

export const graphql = initGraphQLTada<{
	introspection: introspection;
	scalars: { ID: string; DateTime: string; JSON: unknown; Position: string };
}>();

export { readFragment, type ResultOf, type VariablesOf, type TadaDocumentNode } from 'gql.tada';
