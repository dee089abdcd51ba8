import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Catalogue, en } from './en';
import { ko } from './ko';

export type Language = 'en' | 'ko';
export const CATALOGUES: Record<Language, Catalogue> = { en, ko };
export const LANGUAGES: readonly Language[] = ['en', 'ko'];

const KEY = 'cadastre.language';

function preferred(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === 'en' || kept === 'ko') return kept;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

interface Messages {
  m: Catalogue;
  language: Language;
  setLanguage: (language: Language) => void;
}

const Context = createContext<Messages>({ m: en, language: 'en', setLanguage: () => undefined });

export function MessagesProvider({ children, initial }: { children: ReactNode; initial?: Language }) {
  const [language, setLanguage] = useState<Language>(() => initial ?? preferred());
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo<Messages>(
    () => ({
      m: CATALOGUES[language],
      language,
      setLanguage: (next) => {
        localStorage.setItem(KEY, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Context value={value}>{children}</Context>;
}

export const useMessages = (): Messages => useContext(Context);
