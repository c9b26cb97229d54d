// API tokens: one's own, and for administrators anyone's.
import { graphql, type ResultOf } from './graphql.ts';

export const Tokens = graphql(`
	query Tokens($userId: ID) {
		tokens(userId: $userId) { id name hint scope { clusters resources namespaces actions } createdAt expiresAt expired usedAt usedFrom }
	}
`);
export type ApiToken = ResultOf<typeof Tokens>['tokens'][number];

export const CreateToken = graphql(`
	mutation CreateToken($input: CreateTokenInput!) { done: createToken(input: $input) { secret token { id name expiresAt } errors { code message path } } }
`);
export const RevokeToken = graphql(`mutation RevokeToken($id: ID!) { done: revokeToken(id: $id) { errors { code message path } } }`);
