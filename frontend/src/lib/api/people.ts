// What the pages of administration ask for.
import { graphql, type ResultOf, type VariablesOf } from './graphql.ts';

const Problem = graphql(`fragment Problem on MutationError @_unmask { code message path }`);
export const UserFields = graphql(`
	fragment UserFields on User @_unmask { id username displayName email role groups active mustChangePassword createdAt signedInAt }
`);
const GroupFields = graphql(`
	fragment GroupFields on Group @_unmask { id name description members { id username } createdAt changedAt }
`);
const PolicyFields = graphql(`
	fragment PolicyFields on Policy @_unmask { id name description rules { resources namespaces actions } createdAt changedAt }
`);
const BindingFields = graphql(`
	fragment BindingFields on Binding @_unmask { id policyId policy userId username groupId group cluster createdAt }
`);

export type User = ResultOf<typeof UserFields>;
export type Group = ResultOf<typeof GroupFields>;
export type Policy = ResultOf<typeof PolicyFields>;
export type Rule = Policy['rules'][number];
export type Binding = ResultOf<typeof BindingFields>;
export type Problem = ResultOf<typeof Problem>;

export const Users = graphql(
	`query Users($text: String!, $first: Int!, $offset: Int!) { users(text: $text, first: $first, offset: $offset) { nodes { ...UserFields } totalCount } }`,
	[UserFields]
);
export const Groups = graphql(
	`query Groups($text: String!, $first: Int!, $offset: Int!) { groups(text: $text, first: $first, offset: $offset) { nodes { ...GroupFields } totalCount } }`,
	[GroupFields]
);
export const Policies = graphql(
	`query Policies($text: String!, $first: Int!, $offset: Int!) { policies(text: $text, first: $first, offset: $offset) { nodes { ...PolicyFields } totalCount } }`,
	[PolicyFields]
);
export const Bindings = graphql(
	`query Bindings($text: String!, $policyId: ID, $userId: ID, $groupId: ID, $first: Int!, $offset: Int!) {
		bindings(text: $text, policyId: $policyId, userId: $userId, groupId: $groupId, first: $first, offset: $offset) { nodes { ...BindingFields } totalCount }
	}`,
	[BindingFields]
);

export const CreateUser = graphql(
	`mutation CreateUser($input: CreateUserInput!) { done: createUser(input: $input) { user { ...UserFields } errors { ...Problem } } }`,
	[UserFields, Problem]
);
export const InviteUser = graphql(
	`mutation InviteUser($input: InviteUserInput!) { done: inviteUser(input: $input) { user { ...UserFields } link expiresAt errors { ...Problem } } }`,
	[UserFields, Problem]
);
export const RenewInvite = graphql(
	`mutation RenewInvite($userId: ID!) { done: renewInvite(userId: $userId) { link expiresAt errors { ...Problem } } }`,
	[Problem]
);
export const WithdrawInvite = graphql(
	`mutation WithdrawInvite($userId: ID!) { done: withdrawInvite(userId: $userId) { errors { ...Problem } } }`,
	[Problem]
);
export const UpdateUser = graphql(
	`mutation UpdateUser($input: UpdateUserInput!) { done: updateUser(input: $input) { user { ...UserFields } errors { ...Problem } } }`,
	[UserFields, Problem]
);
export const DeleteUser = graphql(
	`mutation DeleteUser($id: ID!) { done: deleteUser(id: $id) { errors { ...Problem } } }`,
	[Problem]
);
export const CreateGroup = graphql(
	`mutation CreateGroup($input: CreateGroupInput!) { done: createGroup(input: $input) { group { ...GroupFields } errors { ...Problem } } }`,
	[GroupFields, Problem]
);
export const UpdateGroup = graphql(
	`mutation UpdateGroup($input: UpdateGroupInput!) { done: updateGroup(input: $input) { group { ...GroupFields } errors { ...Problem } } }`,
	[GroupFields, Problem]
);
export const DeleteGroup = graphql(
	`mutation DeleteGroup($id: ID!) { done: deleteGroup(id: $id) { errors { ...Problem } } }`,
	[Problem]
);
export const CreatePolicy = graphql(
	`mutation CreatePolicy($input: CreatePolicyInput!) { done: createPolicy(input: $input) { policy { ...PolicyFields } errors { ...Problem } } }`,
	[PolicyFields, Problem]
);
export const UpdatePolicy = graphql(
	`mutation UpdatePolicy($input: UpdatePolicyInput!) { done: updatePolicy(input: $input) { policy { ...PolicyFields } errors { ...Problem } } }`,
	[PolicyFields, Problem]
);
export const DeletePolicy = graphql(
	`mutation DeletePolicy($id: ID!, $evenIfBound: Boolean!) { done: deletePolicy(id: $id, evenIfBound: $evenIfBound) { errors { ...Problem } } }`,
	[Problem]
);
export const CreateBinding = graphql(
	`mutation CreateBinding($input: CreateBindingInput!) { done: createBinding(input: $input) { binding { ...BindingFields } errors { ...Problem } } }`,
	[BindingFields, Problem]
);
export const DeleteBinding = graphql(
	`mutation DeleteBinding($id: ID!) { done: deleteBinding(id: $id) { errors { ...Problem } } }`,
	[Problem]
);

export const Identities = graphql(`query Identities($userId: ID!) { identities(userId: $userId) { issuer subject } }`);
export type Identity = ResultOf<typeof Identities>['identities'][number];
export const LinkIdentity = graphql(
	`mutation LinkIdentity($input: IdentityInput!) { done: linkIdentity(input: $input) { errors { ...Problem } } }`,
	[Problem]
);
export const UnlinkIdentity = graphql(
	`mutation UnlinkIdentity($input: IdentityInput!) { done: unlinkIdentity(input: $input) { errors { ...Problem } } }`,
	[Problem]
);

export const Explain = graphql(`
	query Explain($userId: ID!, $action: Action!, $kind: String!, $namespace: String!, $cluster: String!) {
		explain(userId: $userId, action: $action, kind: $kind, namespace: $namespace, cluster: $cluster) {
			username active allowed because considered { policy cluster resources namespaces actions stopsAt }
		}
	}
`);
export type Explanation = ResultOf<typeof Explain>['explain'];
export type Question = VariablesOf<typeof Explain>;
export type Role = User['role'];

/** What a rule may name: plurals; and how the kinds among them are called. */
export const RuleWords = graphql(`query RuleWords { ruleResources kinds { name plural } }`);
