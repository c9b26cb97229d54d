// GraphiQL at /graphql, with the explorer: from npm packages only, so that it works on a closed network.
import 'graphiql/setup-workers/vite';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './main.css';

const EXAMPLE = `# Gyre's API. Ctrl+Space completes, Ctrl+Enter runs, the folder icon on the left builds queries by clicking.
query FailingNow {
  overview {
    total
    byStatus { status count }
    failing { cluster kind namespace name reason message changedAt }
  }
}

subscription Live {
  resourceChanges { type position row { kind namespace name status message } }
}
`;

const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const fetcher = createGraphiQLFetcher({
	url: '/graphql',
	wsClient: createClient({ url: `${scheme}://${location.host}/graphql`, lazy: true })
});

// A link may bring a query along; it is shown, never run by itself.
const linked = new URLSearchParams(location.search).get('query');

const root = document.querySelector('#graphiql');
if (root) {
	createRoot(root).render(
		createElement(GraphiQL, {
			fetcher,
			defaultQuery: EXAMPLE,
			plugins: [HISTORY_PLUGIN, explorerPlugin()],
			...(linked ? { initialQuery: linked } : {})
		})
	);
}
