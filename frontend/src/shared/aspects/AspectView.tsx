import { IconCheck, IconExternalLink, IconUser, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { AssetRef } from '@/gen/cadastre/catalog/v1/asset_pb';
import type { Aspect, QualityResults } from '@/gen/cadastre/catalog/v1/aspects_pb';
import { useMessages } from '@/messages/context';
import { AssetLink } from '../AssetLink';
import { Chip } from '../Chip';
import { formatBytes, formatCount } from '../format';
import { LongText } from '../LongText';
import { safeLink } from '../safeLink';
import { fieldsOfAspect } from './fields';
import { ShownFields } from './ShownFields';
import classes from './aspects.module.css';

const Chips = ({ children }: { children: ReactNode }) => <div className={classes.chips}>{children}</div>;

const Refs = ({ refs }: { refs: (AssetRef | undefined)[] }) => (
  <div className={classes.chips}>
    {refs.map((ref, index) => (
      <AssetLink key={index} asset={ref} icon />
    ))}
  </div>
);

function ExternalLink({ url, label }: { url: string; label: string }) {
  const href = safeLink(url);
  if (href === undefined) return <span>{label === '' ? url : `${label} (${url})`}</span>;
  return (
    <a className={classes.link} href={href} target="_blank" rel="noreferrer noopener">
      {label === '' ? url : label} <IconExternalLink size={12} aria-hidden />
    </a>
  );
}

function Quality({ results }: { results: QualityResults }) {
  const { m } = useMessages();
  return (
    <ul className={classes.links}>
      {results.results.map((result, index) => (
        <li key={index}>
          <Chip tone={result.success ? 'good' : 'bad'} icon={result.success ? <IconCheck size={12} aria-hidden /> : <IconX size={12} aria-hidden />}>
            {result.success ? m.runs.state[2] : m.runs.state[3]}
          </Chip>{' '}
          {result.name === '' ? result.assertion : result.name}
          {result.column !== '' && <code> {result.column}</code>}
          {!result.success && result.actual !== '' && ` — ${result.expected} → ${result.actual}`}
        </li>
      ))}
    </ul>
  );
}

const pretty = (json: Uint8Array): string => {
  const text = new TextDecoder().decode(json);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

// One aspect as people read it. Kinds without a view of their own fall back to their fields.
export function AspectView({ aspect }: { aspect: Aspect }) {
  const { m, language } = useMessages();
  const value = aspect.value;
  switch (value.case) {
    case 'documentation':
      return <LongText text={value.value.text} />;
    case 'ownership':
      return (
        <Chips>
          {value.value.owners.map((owner) => (
            <Chip key={`${owner.owner} ${owner.type}`} icon={<IconUser size={12} aria-hidden />}>
              {owner.owner}
              {owner.type !== '' && ` · ${owner.type.toLowerCase()}`}
            </Chip>
          ))}
        </Chips>
      );
    case 'tags':
      return (
        <Chips>
          {value.value.tags.map((tag, index) => (
            <Chip key={index}>
              #{tag.value === '' || tag.value === 'true' ? tag.key : `${tag.key}:${tag.value}`}
              {tag.field !== '' && ` · ${tag.field}`}
            </Chip>
          ))}
        </Chips>
      );
    case 'classifications':
      return (
        <Chips>
          {value.value.classifications.map((each) => (
            <Chip key={each.name} tone="warn">
              {each.name}
            </Chip>
          ))}
        </Chips>
      );
    case 'glossaryTerms':
      return <Refs refs={value.value.terms.map((each) => each.term)} />;
    case 'domain':
      return <Refs refs={[value.value.domain]} />;
    case 'dataProduct':
      return <Refs refs={[value.value.dataProduct]} />;
    case 'container':
      return <Refs refs={[value.value.container]} />;
    case 'definition':
      return <LongText text={value.value.sql} code />;
    case 'sourceCode':
      return <LongText text={value.value.source} code />;
    case 'facet':
      return <LongText text={pretty(value.value.json)} code />;
    case 'errorMessage':
      return <LongText text={[value.value.message, value.value.stackTrace].filter((text) => text !== '').join('\n\n')} code />;
    case 'links':
      return (
        <ul className={classes.links}>
          {value.value.links.map((link) => (
            <li key={link.url}>
              <ExternalLink url={link.url} label={link.label} />
            </li>
          ))}
        </ul>
      );
    case 'qualityResults':
      return <Quality results={value.value} />;
    case 'ioStatistics': {
      const { rows, bytes, files } = value.value;
      const parts = [
        rows === undefined ? '' : m.asset.rowCount(formatCount(rows, language)),
        bytes === undefined ? '' : formatBytes(bytes),
        files === undefined ? '' : m.asset.fileCount(formatCount(files, language)),
      ];
      return <span>{parts.filter((part) => part !== '').join(' · ')}</span>;
    }
    case 'schema':
      return <span>{m.schema.columns(value.value.fields.length)}</span>;
    case 'customProperties':
      return <ShownFields rows={Object.entries(value.value.properties).map(([name, text]) => ({ name, value: { is: 'text', text } }))} />;
    case 'displayName':
      return <span>{value.value.name}</span>;
    default:
      return <ShownFields rows={fieldsOfAspect(aspect, m.asset.field)} />;
  }
}
