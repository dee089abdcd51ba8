import {
  IconBox,
  IconChartBar,
  IconChartDots3,
  IconCube,
  IconFolder,
  IconLayoutDashboard,
  IconListTree,
  IconPackage,
  IconPlayerPlay,
  IconTable,
  IconVocabulary,
  type TablerIcon,
} from '@tabler/icons-react';
import { isKind, type Kind } from '@/api/assetRef';
import { useMessages } from '@/messages/context';
import classes from './icons.module.css';

const ICONS: Record<Kind, TablerIcon> = {
  dataset: IconTable,
  job: IconPlayerPlay,
  dashboard: IconLayoutDashboard,
  chart: IconChartBar,
  model: IconCube,
  feature: IconChartDots3,
  container: IconFolder,
  glossary_term: IconVocabulary,
  domain: IconListTree,
  data_product: IconPackage,
};

// The kind's sign; colour only helps, the shape and the label say it.
export function KindIcon({ kind, size = 28 }: { kind: string; size?: number }) {
  const { m } = useMessages();
  const Icon = isKind(kind) ? ICONS[kind] : IconBox;
  const label = isKind(kind) ? m.kind[kind] : kind;
  return (
    <span className={classes.kind} data-kind={kind} style={{ width: size, height: size }} role="img" aria-label={label} title={label}>
      <Icon size={size * 0.6} stroke={1.7} aria-hidden />
    </span>
  );
}
