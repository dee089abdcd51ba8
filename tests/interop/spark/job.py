"""A Spark job of the shop: orders and customers from PostgreSQL and a file become totals, in files and in a table.

    job.py WORK_FOLDER POSTGRES_PORT JARS      with SERVER_URL and SERVER_TOKEN
"""
import os
import pathlib
import sys

from pyspark.sql import SparkSession

TOTALS = """
    SELECT k.name AS country, lower(c.email) AS customer, sum(o.amount) AS total, count(*) AS n
    FROM orders o JOIN customers c ON o.customer_id = c.id JOIN countries k ON k.code = c.country
    GROUP BY k.name, lower(c.email)"""


def session(folder, jars):
    lineage = {"transport.type": "http", "transport.url": os.environ["SERVER_URL"], "transport.endpoint": "/api/v1/lineage",
               "transport.auth.type": "api_key", "transport.auth.apiKey": os.environ["SERVER_TOKEN"],
               "transport.compression": "gzip", "namespace": "spark-shop"}
    builder = (SparkSession.builder.appName("shop_totals").master("local[2]").config("spark.jars", jars)
               .config("spark.extraListeners", "io.openlineage.spark.agent.OpenLineageSparkListener")
               .config("spark.sql.warehouse.dir", str(folder / "warehouse")).config("spark.ui.enabled", "false")
               .config("spark.driver.memory", "700m").config("spark.sql.shuffle.partitions", "2")
               .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1"))
    for name, value in lineage.items():
        builder = builder.config(f"spark.openlineage.{name}", value)
    return builder.getOrCreate()


def main():
    folder, port, jars = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    (folder / "countries.csv").write_text("code,name\nCH,Switzerland\nDE,Germany\nFR,France\n")
    spark = session(folder, jars)
    url = f"jdbc:postgresql://127.0.0.1:{port}/shop"
    login = {"user": "shop", "driver": "org.postgresql.Driver"}
    for table in ("customers", "orders"):
        spark.read.jdbc(url, f"raw.{table}", properties=login).createOrReplaceTempView(table)
    spark.read.csv(str(folder / "countries.csv"), header=True).createOrReplaceTempView("countries")
    spark.sql(TOTALS).write.mode("overwrite").parquet(str(folder / "totals"))
    totals = spark.read.parquet(str(folder / "totals"))
    totals.groupBy("country").sum("total").withColumnRenamed("sum(total)", "total").write.mode("overwrite").jdbc(
        url, "mart.country_totals", properties=login)
    spark.stop()


if __name__ == "__main__":
    main()
