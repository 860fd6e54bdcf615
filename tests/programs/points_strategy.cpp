// A strategy that is a program (docs/reference/strategy-protocol.md), for tests: row after row of the pool. The
// models with the most points are the best, equally probable.

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::json;

class PointsStrategy {
 public:
  void start(const Json& start) {
    points_.assign(start.at("models"), 0.0);
    models_ = points_.size() - (start.at("baseline").get<bool>() ? 1 : 0);
    cells_ = start.at("queries").get<std::size_t>() * models_;
    taken_.assign(cells_, false);
    next_ = 0;
    for (const Json& one : start.at("known")) {
      taken_.at(one.at(0).get<std::size_t>() * models_ + one.at(1).get<std::size_t>()) = true;
    }
    if (models_ < points_.size()) points_.back() = 0.5 * static_cast<double>(start.at("queries"));
    tell(start.at("known"));
  }

  void tell(const Json& verdicts) {
    for (const Json& one : verdicts) {
      points_.at(one.at(1)) += one.at(2).is_null() ? 0.5 : one.at(2).get<double>();
    }
  }

  Json calls(std::size_t limit) {
    Json list = Json::array();
    for (; next_ < cells_ && list.size() < limit; ++next_) {
      if (!taken_[next_]) list.push_back({next_ / models_, next_ % models_});
    }
    return {{"calls", list}};
  }

  Json best() const {
    const double most = *std::max_element(points_.begin(), points_.end());
    const auto winners = static_cast<double>(std::count(points_.begin(), points_.end(), most));
    Json posterior = Json::array();
    for (const double points : points_) posterior.push_back(points == most ? 1 / winners : 0.0);
    return {{"posterior", posterior}};
  }

 private:
  std::vector<double> points_;
  std::size_t models_ = 0;
  std::size_t cells_ = 0;
  std::size_t next_ = 0;
  std::vector<bool> taken_;
};

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  PointsStrategy strategy;
  for (std::string line; std::getline(std::cin, line);) {
    const Json message = Json::parse(line);
    if (message.contains("start")) strategy.start(message.at("start"));
    if (message.contains("tell")) strategy.tell(message.at("tell"));
    if (message.contains("ask")) std::cout << strategy.calls(message.at("ask")).dump() << std::endl;
    if (message.contains("best")) std::cout << strategy.best().dump() << std::endl;
  }
}
