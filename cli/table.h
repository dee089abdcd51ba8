// Rows of text in aligned columns, for people.
//
// Owner: values. Thread rule: confined.
// Bounds: on a terminal lines fit its width, and the widest columns are cut for it; elsewhere nothing is cut.
// Deliberately does not: speak to programs (--json does).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/client_words.h"

namespace cadastre::cli {

struct Cell {
  Cell(std::string_view value, Paint color = Paint::kPlain) : text(value), paint(color) {}    // NOLINT: reads as a list
  Cell(const std::string& value, Paint color = Paint::kPlain) : text(value), paint(color) {}  // NOLINT
  Cell(const char* value, Paint color = Paint::kPlain) : text(value), paint(color) {}         // NOLINT
  std::string text;
  Paint paint = Paint::kPlain;
};

class Table {
 public:
  // A header that begins with '>' makes its column flush right.
  explicit Table(std::vector<std::string> headers);

  // As many cells as headers; missing ones are empty.
  void Add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }

  // Headers and rows, or nothing where there are no rows.
  void Print(const Screen& screen) const;

 private:
  std::vector<size_t> WidthsFor(size_t columns) const;

  std::vector<std::string> headers_;
  std::vector<bool> right_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace cadastre::cli
