import { Group, Text } from '@mantine/core';
import { IconTrash, IconUser } from '@tabler/icons-react';
import { plainRef, shortName } from '@/api/assetRef';
import { type Highlight, HighlightField, type Hit } from '@/gen/cadastre/search/v1/search_pb';
import { useMessages } from '@/messages/context';
import { AssetLink } from '@/shared/AssetLink';
import { Chip } from '@/shared/Chip';
import { Highlighted } from '@/shared/Highlighted';
import { KindIcon } from '@/shared/icons';
import { TimeText } from '@/shared/TimeText';
import classes from './HitRow.module.css';

const SHOWN_IN_PLACE = [HighlightField.NAME, HighlightField.DESCRIPTION];

function Why({ highlights }: { highlights: readonly Highlight[] }) {
  const { m } = useMessages();
  const words: Record<string, string> = m.search.field;
  const wordOf = (field: HighlightField) => words[HighlightField[field].toLowerCase()] ?? '';
  if (highlights.length === 0) return null;
  return (
    <ul className={classes.why} aria-label={m.search.why}>
      {highlights.slice(0, 4).map((highlight) => (
        <li key={`${highlight.field} ${highlight.text}`}>
          <span className={classes.field}>{wordOf(highlight.field)}</span>
          <Highlighted text={highlight.text} ranges={highlight.ranges} />
        </li>
      ))}
    </ul>
  );
}

export function HitRow({ hit }: { hit: Hit }) {
  const { m } = useMessages();
  const asset = hit.asset;
  const ref = plainRef(asset?.ref);
  const title = asset === undefined || asset.displayName === '' ? shortName(ref.name) : asset.displayName;
  const name = hit.highlights.find((each) => each.field === HighlightField.NAME);
  const description = hit.highlights.find((each) => each.field === HighlightField.DESCRIPTION);
  const others = hit.highlights.filter(
    (each) => !SHOWN_IN_PLACE.includes(each.field) || (each === name && each.text !== title && each.text !== ref.name),
  );

  return (
    <article className={classes.hit}>
      <KindIcon kind={ref.kind} size={34} />
      <div className={classes.body}>
        <Group gap={8} wrap="nowrap" justify="space-between">
          <h2 className={classes.title}>
            <AssetLink asset={ref}>
              <Highlighted text={title} ranges={name?.text === title ? name.ranges : []} />
            </AssetLink>
          </h2>
          <Text size="xs" c="dimmed" className={classes.time}>
            <TimeText at={asset?.updatedAt} relative />
          </Text>
        </Group>
        <div className={classes.where}>
          <span>{ref.namespace}</span>
          <span aria-hidden>›</span>
          <span>
            <Highlighted text={ref.name} ranges={name?.text === ref.name ? name.ranges : []} />
          </span>
        </div>
        {description !== undefined ? (
          <p className={classes.text}>
            <Highlighted text={description.text} ranges={description.ranges} />
          </p>
        ) : (
          asset !== undefined && asset.description !== '' && <p className={classes.text}>{asset.description}</p>
        )}
        <Why highlights={others} />
        <Group gap={6} mt={6}>
          {asset?.deleted === true && (
            <Chip tone="bad" icon={<IconTrash size={12} aria-hidden />}>
              {m.search.deleted}
            </Chip>
          )}
          {asset?.dropped === true && <Chip tone="warn">{m.search.dropped}</Chip>}
          {asset !== undefined && asset.subtype !== '' && <Chip>{asset.subtype.toLowerCase()}</Chip>}
          {asset !== undefined && asset.platform !== '' && <Chip>{asset.platform}</Chip>}
          {asset !== undefined && asset.environment !== '' && <Chip>{asset.environment}</Chip>}
          {asset?.domain !== undefined && <Chip tone="accent">{shortName(asset.domain.name)}</Chip>}
          {asset?.tags.slice(0, 5).map((tag) => <Chip key={tag}>#{tag}</Chip>)}
          {asset?.owners.slice(0, 3).map((owner) => (
            <Chip key={owner} icon={<IconUser size={12} aria-hidden />}>
              {owner}
            </Chip>
          ))}
        </Group>
      </div>
    </article>
  );
}
