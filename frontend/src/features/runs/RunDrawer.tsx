import { useQuery } from '@connectrpc/connect-query';
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { plainRef, type Ref, refText } from '@/api/assetRef';
import { assetProblemOf } from '@/api/problem';
import type { Aspect } from '@/gen/cadastre/catalog/v1/aspects_pb';
import { CatalogService, type OmittedFacet, type Run, type RunIo, RunView } from '@/gen/cadastre/catalog/v1/catalog_pb';
import { useMessages } from '@/messages/context';
import { AspectView } from '@/shared/aspects/AspectView';
import { aspectCaseOf } from '@/shared/aspects/fields';
import { AssetLink } from '@/shared/AssetLink';
import { formatDuration } from '@/shared/format';
import { LoadingRows } from '@/shared/LoadingRows';
import { ProblemPanel } from '@/shared/StatePanel';
import { TimeText } from '@/shared/TimeText';
import classes from './RunDrawer.module.css';
import { durationMs } from './runState';
import { StateChip } from './StateChip';

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

function Facets({ facets }: { facets: readonly Aspect[] }) {
  const { m } = useMessages();
  return (
    <>
      {facets.map((aspect, index) => {
        const kind = aspect.value.case;
        if (kind === undefined) return null;
        return (
          <div key={index} className={classes.facet}>
            <h4>{aspect.value.case === 'facet' ? aspect.value.value.name : m.aspect[kind]}</h4>
            <AspectView aspect={aspect} />
          </div>
        );
      })}
    </>
  );
}

function Omitted({ facets, count }: { facets: readonly OmittedFacet[]; count: number }) {
  const { m } = useMessages();
  if (count === 0) return null;
  const names = facets.map((facet) => {
    const kind = aspectCaseOf(facet.kind);
    return facet.name !== '' || kind === undefined ? facet.name : m.aspect[kind];
  });
  return (
    <p>
      {m.history.omitted} ({count}): {names.join(', ')}
    </p>
  );
}

function Sides({ title, sides }: { title: string; sides: readonly RunIo[] }) {
  if (sides.length === 0) return null;
  return (
    <section>
      <h3 className={classes.heading}>{title}</h3>
      {sides.map((side) => (
        <div key={refText(plainRef(side.dataset))} className={classes.side}>
          <AssetLink asset={side.dataset} icon>
            {plainRef(side.dataset).name}
          </AssetLink>
          <Facets facets={side.facets} />
          <Omitted facets={side.omitted} count={side.omittedCount} />
        </div>
      ))}
    </section>
  );
}

function Details({ run }: { run: Run }) {
  const { m, language } = useMessages();
  const ms = durationMs(run, new Date());
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={m.runs.filter}>
          <StateChip state={run.state} />
        </Fact>
        <Fact name={m.runs.run}>
          <code>{run.runId}</code>
        </Fact>
        <Fact name={m.runs.started}>
          <TimeText at={run.startedAt} />
        </Fact>
        <Fact name={m.runs.ended}>
          <TimeText at={run.endedAt} />
        </Fact>
        {ms !== undefined && <Fact name={m.runs.duration}>{formatDuration(ms, language)}</Fact>}
        {run.nominalTime !== undefined && (
          <Fact name={m.runs.nominal}>
            <TimeText at={run.nominalTime.start} />
          </Fact>
        )}
        {run.parent?.job !== undefined && (
          <Fact name={m.runs.parent}>
            <AssetLink asset={run.parent.job} tab="runs" search={{ run: run.parent.runId }} icon>
              {run.parent.job.name}
            </AssetLink>
          </Fact>
        )}
        <Fact name={m.runs.lastEvent}>
          <TimeText at={run.lastEventAt} /> · {run.events} {m.runs.events}
        </Fact>
      </dl>
      <Facets facets={run.facets} />
      <Omitted facets={run.omitted} count={run.omittedCount} />
      <Sides title={m.runs.inputs} sides={run.inputs} />
      <Sides title={m.runs.outputs} sides={run.outputs} />
      {run.inputs.length + run.outputs.length < run.datasetCount && <p>{m.history.truncated}</p>}
    </>
  );
}

export function RunDrawer({ job, runId, onClose }: { job: Ref; runId: string; onClose: () => void }) {
  const { m } = useMessages();
  const query = useQuery(CatalogService.method.getRun, { job, runId, view: RunView.FULL }, { enabled: runId !== '' });
  return (
    <Drawer
      opened={runId !== ''}
      onClose={onClose}
      position="right"
      size={520}
      title={m.runs.details}
      closeButtonProps={{ 'aria-label': m.runs.close }}
    >
      {runId === '' ? null : query.isPending ? (
        <LoadingRows rows={4} height={40} />
      ) : query.isError || query.data.run === undefined ? (
        <ProblemPanel problem={assetProblemOf(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <Details run={query.data.run} />
      )}
    </Drawer>
  );
}
