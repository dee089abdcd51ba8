import { useMessages } from '@/messages/context';
import classes from './Logo.module.css';

export function Logo() {
  const { m } = useMessages();
  return (
    <span className={classes.logo}>
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#0f766e" />
        <path d="M7 8h8v7H7zM17 8h8v4h-8zM17 14h8v10h-8zM7 17h8v7H7z" fill="none" stroke="#fff" strokeWidth="1.8" strokeLinejoin="round" />
      </svg>
      {m.product}
    </span>
  );
}
