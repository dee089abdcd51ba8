import { useQuery } from '@connectrpc/connect-query';
import { CloseButton, Combobox, Loader, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { plainRef, refText, shortName } from '@/api/assetRef';
import type { Suggestion } from '@/gen/cadastre/search/v1/search_pb';
import { SearchService } from '@/gen/cadastre/search/v1/search_pb';
import { useMessages } from '@/messages/context';
import { Highlighted } from '@/shared/Highlighted';
import { KindIcon } from '@/shared/icons';
import { assetHref, assetParams, ASSET_PATH } from '@/shared/paths';
import classes from './SearchBox.module.css';
import { searchState } from './searchState';

const WORD = 'word:';

// A completion replaces the last word typed.
const complete = (typed: string, word: string) => typed.replace(/\S*$/, word);

function SuggestedAsset({ suggestion }: { suggestion: Suggestion }) {
  const ref = plainRef(suggestion.asset?.ref);
  const title = suggestion.asset?.displayName === '' ? shortName(ref.name) : (suggestion.asset?.displayName ?? '');
  const matched = suggestion.highlights.find((highlight) => highlight.text === title) ?? suggestion.highlights[0];
  return (
    <span className={classes.option}>
      <KindIcon kind={ref.kind} size={24} />
      <span className={classes.words}>
        <span className={classes.title}>
          <Highlighted text={title} ranges={matched?.text === title ? matched.ranges : []} />
        </span>
        <span className={classes.where}>
          {matched !== undefined && matched.text !== title ? <Highlighted text={matched.text} ranges={matched.ranges} /> : `${ref.namespace} · ${ref.name}`}
        </span>
      </span>
    </span>
  );
}

export function SearchBox() {
  const { m } = useMessages();
  const navigate = useNavigate();
  const location = useLocation();
  const raw: Record<string, unknown> = useSearch({ strict: false });
  const onSearchPage = location.pathname === '/';
  const query = onSearchPage ? searchState.parse(raw).q : '';

  const [typed, setTyped] = useState(query);
  // What the address says wins whenever it changes (back, a link, did-you-mean).
  const [seen, setSeen] = useState(query);
  if (seen !== query) {
    setSeen(query);
    setTyped(query);
  }

  const [prefix] = useDebouncedValue(typed.trim().slice(0, 256), 120);
  const box = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const open = combobox.dropdownOpened && prefix !== '';
  const suggest = useQuery(SearchService.method.suggest, { prefix, limit: 8 }, { enabled: open, placeholderData: keepPreviousData });
  // The list may still be that of the letters before.
  const awaited = open && (suggest.isFetching || prefix !== typed.trim().slice(0, 256));
  // From a box that is ticked too, but not where the slash would be written.
  const toBox = (event: KeyboardEvent) => {
    const at = document.activeElement;
    const writes = at instanceof HTMLTextAreaElement || (at instanceof HTMLInputElement && !['checkbox', 'radio'].includes(at.type));
    if (writes) return;
    event.preventDefault();
    box.current?.focus();
  };
  useHotkeys([['/', toBox, { preventDefault: false }]], []);

  const search = (q: string) => {
    combobox.closeDropdown();
    const state = onSearchPage ? searchState.parse(raw) : searchState.parse({});
    void navigate({ to: '/', search: searchState.format({ ...state, q: q.trim() }) });
  };

  const choose = (value: string) => {
    if (value.startsWith(WORD)) {
      const text = complete(typed, value.slice(WORD.length));
      setTyped(text);
      search(text);
      return;
    }
    const asset = suggest.data?.suggestions.find((each) => assetHref(plainRef(each.asset?.ref)) === value)?.asset;
    combobox.closeDropdown();
    void navigate({ to: ASSET_PATH, params: assetParams(plainRef(asset?.ref)) });
  };

  const suggestions = suggest.data?.suggestions ?? [];
  const words = suggest.data?.completions ?? [];
  const nothing = suggest.isSuccess && !awaited && suggestions.length === 0 && words.length === 0;

  return (
    <Combobox store={combobox} onOptionSubmit={choose} shadow="md" withinPortal={false}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          ref={box}
          role="combobox"
          type="search"
          aria-label={m.search.label}
          placeholder={m.search.placeholder}
          maxLength={1024}
          value={typed}
          classNames={{ input: classes.input ?? '' }}
          leftSection={suggest.isFetching ? <Loader size={14} /> : <IconSearch size={16} stroke={1.8} aria-hidden />}
          rightSectionPointerEvents="all"
          rightSection={
            typed === '' ? (
              <kbd className={classes.key} aria-hidden>
                /
              </kbd>
            ) : (
              <CloseButton
                size="sm"
                aria-label={m.search.clear}
                onClick={() => {
                  setTyped('');
                  if (onSearchPage) search('');
                  box.current?.focus();
                }}
              />
            )
          }
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={(event) => {
            // While Hangul is being composed, Enter ends the syllable and must not search.
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
            if (!combobox.dropdownOpened || combobox.getSelectedOptionIndex() === -1) {
              event.preventDefault();
              search(typed);
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!open || (suggestions.length === 0 && words.length === 0 && !nothing)}>
        <Combobox.Options aria-label={m.search.suggestions} aria-busy={awaited}>
          {words.length > 0 && (
            <Combobox.Group label={m.search.completions}>
              {words.slice(0, 4).map((word) => (
                <Combobox.Option key={word} value={WORD + word}>
                  {complete(typed, word)}
                </Combobox.Option>
              ))}
            </Combobox.Group>
          )}
          {suggestions.map((suggestion) => (
            <Combobox.Option key={refText(plainRef(suggestion.asset?.ref))} value={assetHref(plainRef(suggestion.asset?.ref))}>
              <SuggestedAsset suggestion={suggestion} />
            </Combobox.Option>
          ))}
          {nothing && <Combobox.Empty>{m.search.noSuggestions}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
