"""Sends the events of a small shop through the OpenLineage client, as a person's own pipeline would.

    emit.py STORY TRANSPORT MOMENT      with SERVER_URL and SERVER_TOKEN

STORY is one of the functions below; TRANSPORT is http, gzip, async_http or async_gzip. What the transport raised, if it
did, is printed as one JSON line, and so are the counts of an asynchronous one.
"""
import datetime
import json
import logging
import os
import sys

import attr
from openlineage.client import OpenLineageClient, event_v2, facet_v2
from openlineage.client.generated import (
    column_lineage_dataset as lineage, data_quality_assertions_dataset as quality, documentation_dataset, documentation_job,
    error_message_run, job_type_job, nominal_time_run, output_statistics_output_dataset, ownership_job, parent_run,
    schema_dataset, sql_job, symlinks_dataset, tags_dataset)

SHOP, LAKE, JOBS = "postgres://shop-db:5432", "s3://shop-lake", "shop-jobs"
PRODUCER = "https://example.org/shop/2.1"
SQL = "INSERT INTO gold.revenue SELECT day, sum(amount) AS revenue FROM shop.orders GROUP BY day"


@attr.define
class WarehouseRunFacet(facet_v2.RunFacet):
    """A facet of somebody's own, as the client lets people write them."""
    credits: float = attr.field(default=0.125)
    steps: list = attr.field(factory=lambda: ["scan", "집계"])


def schema(*columns):
    return schema_dataset.SchemaDatasetFacet(fields=[
        schema_dataset.SchemaDatasetFacetFields(name=name, type=type_, description=description)
        for name, type_, description in columns])


def comes_from(dataset, field, kind, subtype):
    return lineage.Fields(inputFields=[lineage.InputField(
        namespace=dataset.namespace, name=dataset.name, field=field,
        transformations=[lineage.Transformation(type=kind, subtype=subtype, description="", masking=False)])])


class Story:
    def __init__(self, suffix, moment):
        self.suffix = suffix
        self.start = datetime.datetime.fromisoformat(moment.replace("Z", "+00:00"))

    def at(self, seconds):
        return (self.start + datetime.timedelta(seconds=seconds)).isoformat()

    def run_id(self, number):
        return f"01900000-0000-7000-8000-{self.suffix.encode().hex()[:8]:0>8}{number:04x}"

    def orders(self):
        return event_v2.InputDataset(
            namespace=SHOP, name=f"shop.public.orders_{self.suffix}",
            facets={"schema": schema(("day", "date", None), ("amount", "numeric(12,2)", "in Swiss francs"))},
            inputFacets={"dataQualityAssertions": quality.DataQualityAssertionsDatasetFacet(assertions=[
                quality.Assertion(assertion="not_null", success=True, column="amount"),
                quality.Assertion(assertion="unique", success=False, column="day")])})

    def revenue(self):
        orders = self.orders()
        return event_v2.OutputDataset(
            namespace=LAKE, name=f"gold/revenue_{self.suffix}",
            facets={
                "schema": schema(("day", "date", None), ("revenue", "decimal(18,2)", "sum of the orders of a day")),
                "documentation": documentation_dataset.DocumentationDatasetFacet(description="일별 매출: revenue of a day"),
                "tags": tags_dataset.TagsDatasetFacet(tags=[tags_dataset.TagsDatasetFacetFields(key="tier", value="gold")]),
                "columnLineage": lineage.ColumnLineageDatasetFacet(fields={
                    "day": comes_from(orders, "day", "DIRECT", "IDENTITY"),
                    "revenue": comes_from(orders, "amount", "DIRECT", "AGGREGATION")})},
            outputFacets={"outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                rowCount=31, size=4096)})

    def job(self, name="revenue"):
        return event_v2.Job(namespace=JOBS, name=f"{name}_{self.suffix}", facets={
            "documentation": documentation_job.DocumentationJobFacet(description="Sums the orders of a day."),
            "sql": sql_job.SQLJobFacet(query=SQL),
            "ownership": ownership_job.OwnershipJobFacet(owners=[ownership_job.Owner(name="team:finance", type="OWNER")]),
            "jobType": job_type_job.JobTypeJobFacet(processingType="BATCH", integration="SHOP", jobType="TASK")})

    def event(self, state, number, seconds, *, inputs=(), outputs=(), **facets):
        return event_v2.RunEvent(
            eventType=state, eventTime=self.at(seconds), producer=PRODUCER,
            run=event_v2.Run(runId=self.run_id(number), facets=facets), job=self.job(), inputs=list(inputs),
            outputs=list(outputs))

    def runs(self):
        """One run that ends well, one that fails, one that has not ended."""
        state = event_v2.RunState
        nominal = nominal_time_run.NominalTimeRunFacet(nominalStartTime=self.at(0), nominalEndTime=self.at(3600))
        parent = parent_run.ParentRunFacet(run=parent_run.Run(runId=self.run_id(99)),
                                           job=parent_run.Job(namespace=JOBS, name=f"nightly_{self.suffix}"))
        yield self.event(state.START, 1, 0, inputs=[self.orders()], nominalTime=nominal, parent=parent,
                         shop_warehouse=WarehouseRunFacet())
        yield self.event(state.COMPLETE, 1, 90, inputs=[self.orders()], outputs=[self.revenue()])
        yield self.event(state.START, 2, 100, inputs=[self.orders()])
        yield self.event(state.FAIL, 2, 130, errorMessage=error_message_run.ErrorMessageRunFacet(
            message="division by zero", programmingLanguage="PYTHON", stackTrace="Traceback: line 3"))
        yield self.event(state.START, 3, 140)

    def static(self):
        """A dataset and a job told about without any run."""
        names = symlinks_dataset.Identifier(namespace="awsglue://shop", name=f"table/gold/{self.suffix}", type="TABLE")
        customers = event_v2.StaticDataset(namespace=LAKE, name=f"gold/customers_{self.suffix}", facets={
            "schema": schema(("id", "bigint", None), ("email", "string", "lower case")),
            "symlinks": symlinks_dataset.SymlinksDatasetFacet(identifiers=[names])})
        yield event_v2.DatasetEvent(eventTime=self.at(10), producer=PRODUCER, dataset=customers)
        yield event_v2.JobEvent(
            eventTime=self.at(20), producer=PRODUCER, job=self.job("declared"),
            inputs=[event_v2.InputDataset(namespace=LAKE, name=f"gold/customers_{self.suffix}")],
            outputs=[event_v2.OutputDataset(namespace=LAKE, name=f"gold/mailing_{self.suffix}")])

    def many(self):
        """300 runs, each of a job of its own, START and COMPLETE."""
        for number in range(300):
            job = event_v2.Job(namespace=f"many-{self.suffix}", name=f"job_{number}")
            output = event_v2.OutputDataset(namespace=LAKE, name=f"many/{number}_{self.suffix}")
            for state, seconds in ((event_v2.RunState.START, 0), (event_v2.RunState.COMPLETE, 30)):
                yield event_v2.RunEvent(eventType=state, eventTime=self.at(seconds), producer=PRODUCER, job=job,
                                        run=event_v2.Run(runId=self.run_id(number)), inputs=[self.orders()], outputs=[output])

    def broken(self):
        """Events of a shape that no server can use: a job without a name."""
        event = self.event(event_v2.RunState.COMPLETE, 4, 0, outputs=[self.revenue()])
        event.job = event_v2.Job(namespace=JOBS, name="")
        yield event


def client_of(transport):
    config = {"type": "async_http" if transport.startswith("async") else "http", "url": os.environ["SERVER_URL"],
              "auth": {"type": "api_key", "apiKey": os.environ["SERVER_TOKEN"]}, "timeout": 20,
              "retry": {"total": 3, "backoff_factor": 0.1}}
    if transport.endswith("gzip"):
        config["compression"] = "gzip"
    return OpenLineageClient(config={"transport": config})


def main():
    logging.basicConfig(level=logging.INFO)
    story, transport, moment = sys.argv[1:]
    client = client_of(transport)
    said = {}
    try:
        for event in getattr(Story(transport, moment), story)():
            client.emit(event)
    except Exception as error:
        said = {"error": str(error), "status": getattr(getattr(error, "response", None), "status_code", None),
                "body": getattr(getattr(error, "response", None), "text", "")}
    said["closed"] = client.close(60)
    if transport.startswith("async"):
        said["counts"] = client.transport.get_stats()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
