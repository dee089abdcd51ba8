#include "ingestors/openlineage/tool_family.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

namespace cadastre::openlineage {
namespace {

TEST(ToolFamily, StripsTheVersion) {
  const std::map<std::string_view, std::string_view> table = {
      {"", "unknown"},
      {"https://github.com/OpenLineage/OpenLineage/tree/1.9.0/integration/spark", "spark"},
      {"https://github.com/OpenLineage/OpenLineage/tree/0.12.0-SNAPSHOT/integration/spark", "spark"},
      {"https://github.com/OpenLineage/OpenLineage/tree/$VERSION/integration/spark", "spark"},
      {"https://github.com/OpenLineage/OpenLineage/blob/main/integration/dbt", "dbt"},
      {"https://github.com/OpenLineage/OpenLineage/tree/3f786850e387550fdab836ed7e6dc881de23001b/integration/flink",
       "flink"},
      {"https://github.com/apache/airflow/tree/providers-openlineage/1.14.0", "airflow"},
      {"https://github.com/OpenLineage/OpenLineage/blob/v1-0-0/client", "openlineage/openlineage/client"},
      {"https://github.com/MarquezProject/marquez/blob/main/docker/metadata.json",
       "marquezproject/marquez/docker/metadata.json"},
      {"https://github.com/openlineage-user", "openlineage-user"},
      {"openlineage-dbt/0.0.1", "openlineage-dbt"},
      {"openlineage-python", "openlineage-python"},
      {"https://marquez.io", "marquez.io"},
      {"https://marquez.io/", "marquez.io"},
      {"https://example.com/etl/2.0", "example.com/etl"},
      {"https://aa:bb:cc:[dd]:ee:ff/", "aa:bb:cc:[dd]:ee:ff"},
      {"some-producer", "some-producer"},
      {"///", "unknown"},
  };
  for (const auto& [producer, tool] : table) EXPECT_EQ(ToolFamily(producer), tool) << producer;
}

TEST(ToolFamily, DifferentToolsStayDifferent) {
  EXPECT_NE(ToolFamily("https://github.com/MarquezProject/marquez/tree/0.15.2/integrations/spark"),
            ToolFamily("https://github.com/OpenLineage/OpenLineage/tree/0.15.2/integration/spark"));
  EXPECT_NE(ToolFamily("https://github.com/OpenLineage/OpenLineage/tree/0.12.0/integration/airflow"),
            ToolFamily("https://github.com/apache/airflow/tree/providers-openlineage/1.14.0"));
}

TEST(ToolFamily, IsBounded) { EXPECT_LE(ToolFamily(std::string(2'000, 'x')).size(), 200u); }

}  // namespace
}  // namespace cadastre::openlineage
