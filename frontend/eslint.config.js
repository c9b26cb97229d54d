import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
	{ ignores: ['.svelte-kit/', 'build/', 'node_modules/'] },
	js.configs.recommended,
	...ts.configs.strict,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			complexity: ['error', 12],
			'max-lines': ['error', 450],
			'max-lines-per-function': ['error', { max: 60 }],
			'no-console': 'error',
			'no-undef': 'off', // TypeScript knows better
			'@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess asks for it where an index was just checked
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			'svelte/no-at-html-tags': 'error',
			'no-restricted-syntax': [
				'error',
				{ selector: 'SvelteAttribute[key.name="style"]', message: 'The policy of the pages refuses style attributes; `style:` directives are fine.' }
			],
			'svelte/no-navigation-without-resolve': 'off', // Gyre is served at the root of its address
			'svelte/prefer-svelte-reactivity': 'off' // the maps here are private and never drawn
		}
	},
	{
		files: ['**/*.test.ts'],
		rules: { 'max-lines-per-function': 'off' } // a describe is a chapter, not a function
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser } }
	}
);
