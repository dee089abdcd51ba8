// The notation of the company's tables: how a column list is written, and the tables themselves.
//
// A column list is columns separated by `;`, each `name type [pk] [pii] [~DAY] ["doc"] [= op origin, origin ...]` with
// origins as `dataset-key.column` (`silver.orders.order_id`); `~40` means dropped 40 days before the end; a lone `...`
// adds created_at and updated_at. Compatible; a malformed list ends the program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demo/model.h"

namespace cadastre::demo {

std::vector<Column> ParseColumns(std::string_view spec);
// `op dataset.column; op dataset.column`.
std::vector<Origin> ParseOrigins(std::string_view spec);

// A table of an operational system.
struct TableSpec {
  const char* name;
  const char* domain;
  const char* korean;
  const char* english;
  const char* columns;
  int64_t rows = 1000;
  // Reaches the lake: change data capture or extract, then bronze and silver.
  bool flows = false;
};

// A table built from others.
struct MadeSpec {
  const char* name;
  const char* domain;
  const char* korean;
  const char* english;
  const char* columns;
  const char* shaped_by;
  int64_t rows = 1000;
};

std::span<const TableSpec> ShopTables();
std::span<const TableSpec> InventoryTables();
std::span<const TableSpec> HrTables();
std::span<const TableSpec> FinanceTables();
std::span<const TableSpec> EventTopics();
std::span<const TableSpec> InboundFiles();
std::span<const MadeSpec> GoldTables();
std::span<const MadeSpec> MartTables();
std::span<const MadeSpec> ExportFiles();

// Adds every dataset, in the order data flows.
void AddDatasets(Company& company);
// Adds every job; the datasets must be there.
void AddJobs(Company& company);

}  // namespace cadastre::demo
