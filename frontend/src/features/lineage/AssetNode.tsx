import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { Loader } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { shortName } from '@/api/assetRef';
import { useMessages } from '@/messages/context';
import { formatCount } from '@/shared/format';
import { KindIcon } from '@/shared/icons';
import classes from './AssetNode.module.css';
import { type Card, type GraphNode, mayExpand, type Way } from './graph';

export type CardNode = Node<
  { card: Card; busy: string; chosen: boolean; onExpand: (node: GraphNode, way: Way) => void; [key: string]: unknown },
  'card'
>;

interface StepProps {
  node: GraphNode;
  way: Way;
  name: string;
  busy: string;
  onExpand: (node: GraphNode, way: Way) => void;
}

function Step({ node, way, name, busy, onExpand }: StepProps) {
  const { m, language } = useMessages();
  if (!mayExpand(node, way)) return null;
  const more = node.more[way];
  return (
    <button
      type="button"
      className={`${classes.step ?? ''} nodrag nopan`}
      data-way={way}
      data-known={more !== undefined}
      title={more === undefined ? undefined : m.lineage.more(more)}
      disabled={busy !== ''}
      onClick={(event) => {
        event.stopPropagation();
        onExpand(node, way);
      }}
    >
      {busy === `${node.id} ${way}` ? <Loader size={10} /> : <IconPlus size={11} stroke={2.4} aria-hidden />}
      <span className="visually-hidden">{way === 'upstream' ? m.lineage.expandUp(name) : m.lineage.expandDown(name)}</span>
      {more !== undefined && more > 0 && <span>{formatCount(more, language)}</span>}
    </button>
  );
}

export function AssetNode({ data }: NodeProps<CardNode>) {
  const { m } = useMessages();
  const { card, busy, chosen, onExpand } = data;
  const title = card.asset === undefined || card.asset.displayName === '' ? shortName(card.ref.name) : card.asset.displayName;
  return (
    <div className={classes.card} data-start={card.start} data-chosen={chosen}>
      <Handle type="target" position={Position.Left} className={classes.handle} isConnectable={false} />
      <div className={classes.head}>
        <KindIcon kind={card.ref.kind} size={28} />
        <div className={classes.names}>
          <div className={classes.title} title={card.ref.name}>
            {title}
            {card.asset?.dropped === true && ` (${m.search.dropped})`}
          </div>
          <div className={classes.where} title={card.ref.namespace}>
            {[card.asset?.platform, card.asset?.subtype.toLowerCase()].filter((text) => text !== undefined && text !== '').join(' · ') ||
              card.ref.namespace}
          </div>
        </div>
      </div>
      {card.columns.length === 0 && (
        <>
          <Step node={card.node} way="upstream" name={title} busy={busy} onExpand={onExpand} />
          <Step node={card.node} way="downstream" name={title} busy={busy} onExpand={onExpand} />
        </>
      )}
      {card.columns.length > 0 && (
        <div className={classes.columns}>
          {card.columns.map((column) => (
            <div key={column.id} className={classes.column} data-start={column.side === 0}>
              <Handle type="target" id={column.id} position={Position.Left} className={classes.handle} isConnectable={false} />
              <span title={column.columnPath.join('.')}>{column.columnPath.join('.')}</span>
              <Step node={column} way="upstream" name={column.columnPath.join('.')} busy={busy} onExpand={onExpand} />
              <Step node={column} way="downstream" name={column.columnPath.join('.')} busy={busy} onExpand={onExpand} />
              <Handle type="source" id={column.id} position={Position.Right} className={classes.handle} isConnectable={false} />
            </div>
          ))}
        </div>
      )}
      <Handle type="source" position={Position.Right} className={classes.handle} isConnectable={false} />
    </div>
  );
}
