import { Checkbox, Text } from '@mantine/core';
import { isKind } from '@/api/assetRef';
import type { Facet } from '@/gen/cadastre/search/v1/search_pb';
import { useMessages } from '@/messages/context';
import { formatCount } from '@/shared/format';
import classes from './FacetPanel.module.css';
import { type FacetName, FACETS, type SearchState } from './searchState';

interface FacetPanelProps {
  facets: readonly Facet[];
  state: SearchState;
  onToggle: (facet: FacetName, value: string) => void;
}

interface Row {
  value: string;
  label: string;
  count: bigint;
}

// Chosen values stay listed, even where nothing matches them any more: else they could not be taken away.
function rowsOf(facet: Facet | undefined, chosen: readonly string[]): Row[] {
  const rows = (facet?.counts ?? []).map(({ value, label, count }) => ({ value, label: label === '' ? value : label, count }));
  const missing = chosen.filter((value) => !rows.some((row) => row.value === value));
  return [...missing.map((value) => ({ value, label: value, count: 0n })), ...rows];
}

export function FacetPanel({ facets, state, onToggle }: FacetPanelProps) {
  const { m, language } = useMessages();
  return (
    <>
      {FACETS.map((name) => {
        const facet = facets.find((each) => each.facet === name);
        const rows = rowsOf(facet, state[name]);
        if (rows.length === 0) return null;
        return (
          <fieldset key={name} className={classes.facet}>
            <legend className={classes.legend}>{m.search.facet[name]}</legend>
            <div className={classes.rows}>
              {rows.map((row) => (
                <Checkbox
                  key={row.value}
                  size="xs"
                  classNames={{ root: classes.row ?? '', body: classes.body ?? '', labelWrapper: classes.wrap ?? '', label: classes.label ?? '' }}
                  checked={state[name].includes(row.value)}
                  onChange={() => onToggle(name, row.value)}
                  label={
                    <>
                      <span className={classes.name} title={row.label}>
                        {name === 'kind' && isKind(row.value) ? m.kind[row.value] : row.label}
                      </span>
                      <span className={classes.count}>{formatCount(row.count, language)}</span>
                    </>
                  }
                />
              ))}
            </div>
            {facet?.truncated === true && (
              <Text size="xs" c="dimmed" mt={4}>
                {m.search.facetMore}
              </Text>
            )}
          </fieldset>
        );
      })}
    </>
  );
}
