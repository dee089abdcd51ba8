#include "cli/table.h"

#include <algorithm>
#include <utility>

#include "cli/client_words.h"

namespace cadastre::cli {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 12;

}  // namespace

Table::Table(std::vector<std::string> headers) : headers_(std::move(headers)) {
  for (std::string& header : headers_) {
    const bool right = header.starts_with('>');
    right_.push_back(right);
    if (right) header.erase(0, 1);
  }
}

void Table::Add(std::vector<Cell> row) {
  row.resize(headers_.size(), Cell(""));
  for (Cell& cell : row) cell.text = ShownText(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<size_t> Table::WidthsFor(size_t columns) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < headers_.size(); ++i) {
    size_t width = CellsOf(headers_[i]);
    for (const std::vector<Cell>& row : rows_) width = std::max(width, CellsOf(row[i].text));
    widths.push_back(width);
  }
  size_t total = kGap * (widths.size() - 1);
  for (const size_t width : widths) total += width;
  while (columns > 0 && total > columns) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) break;
    --*widest;
    --total;
  }
  return widths;
}

void Table::Print(const Screen& screen) const {
  if (rows_.empty()) return;
  const std::vector<size_t> widths = WidthsFor(screen.columns);
  const auto print = [&](const std::vector<Cell>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string text = CutToCells(row[i].text, widths[i]);
      const std::string pad(widths[i] - CellsOf(text), ' ');
      const bool last = i + 1 == row.size();
      if (right_[i]) line += pad;
      line += screen.Painted(row[i].paint, text);
      if (!right_[i] && !last) line += pad;
      if (!last) line += std::string(kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    *screen.out << line << '\n';
  };
  std::vector<Cell> head;
  for (const std::string& header : headers_) head.emplace_back(header, Paint::kDim);
  print(head);
  for (const std::vector<Cell>& row : rows_) print(row);
}

}  // namespace cadastre::cli
