"""The shop's pipelines: SQL that Airflow reads lineage from, datasets named by hand, a failure, a run an asset sets off."""
import pendulum
from airflow import DAG
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset
from openlineage.client.event_v2 import Dataset

BEGUN = pendulum.datetime(2026, 1, 1, tz="UTC")
EXPORT = Asset("file:///srv/out/orders.csv")

with DAG("shop_daily", schedule=None, start_date=BEGUN, catchup=False, tags=["shop", "finance"],
         description="Orders to daily revenue", default_args={"owner": "data-team"}):
    stage = SQLExecuteQueryOperator(task_id="stage_orders", conn_id="shop", split_statements=True, sql="""
        DROP TABLE IF EXISTS stg.orders;
        CREATE TABLE stg.orders AS
          SELECT o.id, o.customer_id, c.country, o.amount, o.created_at::date AS day
          FROM raw.orders o JOIN raw.customers c ON c.id = o.customer_id""")
    daily = SQLExecuteQueryOperator(task_id="orders_daily", conn_id="shop", split_statements=True, sql="""
        TRUNCATE mart.orders_daily;
        INSERT INTO mart.orders_daily (day, country, revenue, n)
          SELECT day, country, sum(amount), count(*) FROM stg.orders GROUP BY day, country""")
    export = BashOperator(
        task_id="export", bash_command="echo exported",
        inlets=[Dataset(namespace="s3://shop-exports", name="orders_daily.parquet")], outlets=[EXPORT])
    stage >> daily >> export

with DAG("shop_consumer", schedule=[EXPORT], start_date=BEGUN, catchup=False):
    BashOperator(task_id="notify", bash_command="echo received")

with DAG("shop_fail", schedule=None, start_date=BEGUN, catchup=False):
    SQLExecuteQueryOperator(task_id="boom", conn_id="shop", sql="INSERT INTO mart.nope SELECT * FROM raw.orders")
