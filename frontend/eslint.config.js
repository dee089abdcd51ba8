import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// The staircase inside the web UI: a folder may use those before it, never those after or beside it.
const STAIRS = ['gen', 'messages', 'api', 'shared', 'features', 'app'];
const MAY_USE = {
  messages: [],
  api: ['gen'],
  shared: ['gen', 'api', 'messages'],
  features: ['gen', 'api', 'messages', 'shared'],
  app: ['gen', 'api', 'messages', 'shared', 'features'],
};

const forbid = (files, folders, extra = []) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...folders.map((folder) => ({
            group: [`@/${folder}`, `@/${folder}/**`],
            message: 'The staircase is gen -> api -> shared -> features -> app; see frontend/README.md.',
          })),
          { group: ['../../*', '@world/**'], message: 'Name other folders by @/folder; the made-up world stays out of the bundle.' },
          ...extra,
        ],
      },
    ],
  },
});

const features = readdirSync(new URL('./src/features', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

export default tseslint.config(
  { ignores: ['dist', 'src/gen', 'node_modules', 'shots', 'test-results', 'playwright-report', 'public'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat['recommended-latest'],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': 'off', // the router's redirect() and notFound() are thrown
      '@typescript-eslint/no-misused-spread': 'off', // strings are spread into code points on purpose
      'jsx-a11y/no-autofocus': 'off',
      'react-hooks/incompatible-library': 'off',
    },
  },
  // Metadata is text: nothing in the product may turn it into markup.
  {
    files: ['src/**/*.tsx'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'no-restricted-syntax': [
        'error',
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'Metadata is shown as text, never as HTML.' },
      ],
    },
  },
  ...Object.entries(MAY_USE).map(([folder, may]) =>
    forbid([`src/${folder}/**/*.{ts,tsx}`], STAIRS.filter((other) => other !== folder && !may.includes(other))),
  ),
  ...features.map((feature) =>
    forbid(
      [`src/features/${feature}/**/*.{ts,tsx}`],
      ['app'],
      features.filter((other) => other !== feature).map((other) => ({
        group: [`@/features/${other}/**`, `../${other}/**`],
        message: 'Features do not know one another; what two need goes to shared, what joins them to app.',
      })),
    ),
  ),
  // A test that looks before the page has answered finds what stood there before: see tests/e2e/settled.ts.
  {
    files: ['tests/e2e/*.spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression > MemberExpression[property.name=/^(count|innerText|allInnerTexts|textContent|allTextContents|getAttribute|isVisible|isHidden|waitForTimeout)$/]',
          message: 'This reads once, whether the page has answered or not: read through tests/e2e/settled.ts.',
        },
        {
          selector: 'CallExpression[callee.property.name=toHaveCount] > Literal[value=0]',
          message: 'On a page that is still loading everything is absent: expectAbsent of tests/e2e/settled.ts waits.',
        },
        {
          selector: "ImportDeclaration[source.value='@playwright/test']",
          message: 'Take test and expect from ./slowed, which slows the processor down when asked to.',
        },
      ],
    },
  },
  { files: ['*.js', '*.ts'], languageOptions: { globals: globals.node } },
  { files: ['*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
