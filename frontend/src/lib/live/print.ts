// The text of a typed document.
import { stringifyDocument } from '@urql/core';
import type { TadaDocumentNode } from '#lib/api/graphql.ts';

export const print = (document: TadaDocumentNode<unknown, never>): string => stringifyDocument(document);
