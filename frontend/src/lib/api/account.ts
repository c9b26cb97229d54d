// What one asks about oneself: sessions and the password. Also of another's sessions, as an administrator.
import { graphql, type ResultOf } from './graphql.ts';

export const Sessions = graphql(`
	query Sessions($userId: ID) { sessions(userId: $userId) { id createdAt seenAt expiresAt address userAgent current } }
`);
export type Session = ResultOf<typeof Sessions>['sessions'][number];

export const EndSession = graphql(`mutation EndSession($id: ID!) { done: endSession(id: $id) { ended errors { code message path } } }`);
export const EndSessions = graphql(`mutation EndSessions($userId: ID) { done: endSessions(userId: $userId) { ended errors { code message path } } }`);
export const ChangePassword = graphql(`
	mutation ChangePassword($old: String!, $new: String!) { done: changePassword(old: $old, new: $new) { viewer { id } errors { code message path } } }
`);

export const Own = graphql(`query Own { profile { displayName email } }`);
export const UpdateProfile = graphql(`
	mutation UpdateProfile($displayName: String!, $email: String!) { done: updateProfile(displayName: $displayName, email: $email) { profile { displayName email } errors { code message path } } }
`);
