import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const land: MantineColorsTuple = [
  '#effcf9', '#ccf5eb', '#9ae9d9', '#5fd6c3', '#30bda9', '#17a08f', '#0d8074', '#0f6b62', '#11554f', '#124742',
];
const gray: MantineColorsTuple = [
  '#f8f9fb', '#f1f3f6', '#e4e7ec', '#d0d5dd', '#98a1b0', '#667085', '#4c5566', '#344054', '#1f2937', '#101828',
];
const dark: MantineColorsTuple = [
  '#e6e9ee', '#c4cad4', '#9aa3b2', '#6f7989', '#3b4351', '#2b313c', '#1d222b', '#13171e', '#0e1116', '#090b0f',
];

export const theme = createTheme({
  primaryColor: 'land',
  primaryShade: { light: 6, dark: 6 },
  colors: { land, gray, dark },
  defaultRadius: 'md',
  fontFamily:
    "'Inter Variable', 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', system-ui, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', 'D2Coding', 'Noto Sans Mono CJK KR', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
});

// Dimmed text and state colours keep at least 4.5:1 on every surface they are used on.
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#566072',
    '--mantine-color-placeholder': '#667085',
    '--mantine-color-anchor': '#0b6b61',
    '--mantine-color-error': '#b42318',
    '--surface': '#ffffff',
    '--surface-sunken': '#f6f7f9',
    '--surface-hover': '#f1f3f6',
    '--line': '#e4e7ec',
    '--line-strong': '#c3c9d4',
    '--accent-soft': '#e3f6f2',
    '--accent-text': '#0b5f56',
    '--mark': '#ffe9a8',
    '--mark-text': '#101828',
    '--good': '#0b6b4f',
    '--good-soft': '#dcf5ea',
    '--bad': '#a81d12',
    '--bad-soft': '#fde8e6',
    '--warn': '#7a4a00',
    '--warn-soft': '#fdf0d3',
    '--busy': '#1d4fb8',
    '--busy-soft': '#e5edfd',
    '--quiet': '#4c5566',
    '--quiet-soft': '#eceef2',
  },
  dark: {
    '--mantine-color-dimmed': '#9ea7b6',
    '--mantine-color-placeholder': '#8b95a5',
    '--mantine-color-anchor': '#5fd6c3',
    '--mantine-color-error': '#ff9c92',
    '--surface': '#171b22',
    '--surface-sunken': '#13171e',
    '--surface-hover': '#1f252e',
    '--line': '#2b313c',
    '--line-strong': '#444d5c',
    '--accent-soft': '#12332f',
    '--accent-text': '#7be0d0',
    '--mark': '#5c4a10',
    '--mark-text': '#fff1c9',
    '--good': '#6ddcb0',
    '--good-soft': '#10302a',
    '--bad': '#ff9c92',
    '--bad-soft': '#3d1a18',
    '--warn': '#f4c26b',
    '--warn-soft': '#37290f',
    '--busy': '#9dbcff',
    '--busy-soft': '#182745',
    '--quiet': '#aab3c1',
    '--quiet-soft': '#252b35',
  },
});
