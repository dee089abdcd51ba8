import { TextInput } from '@mantine/core';

interface MomentInputProps {
  label: string;
  // ISO 8601 in UTC, or empty.
  value: string;
  onChange: (iso: string) => void;
  size?: 'xs' | 'sm';
}

const pad = (part: number) => String(part).padStart(2, '0');

// The browser's own date and time field speaks local time without a zone.
export function toLocalField(iso: string): string {
  const date = new Date(iso);
  if (iso === '' || Number.isNaN(date.getTime())) return '';
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

export function fromLocalField(local: string): string {
  const date = new Date(local);
  return local === '' || Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

export function MomentInput({ label, value, onChange, size = 'xs' }: MomentInputProps) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      size={size}
      label={label}
      value={toLocalField(value)}
      onChange={(event) => onChange(fromLocalField(event.currentTarget.value))}
    />
  );
}
