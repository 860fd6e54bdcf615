#pragma once

#include <memory>
#include <optional>
#include <string>

#include "assay/app/route_fit.h"
#include "assay/routing/router_file.h"
#include "gateway/configuration.h"
#include "tests/app/app_fixture.h"
#include "tests/route/sample_texts.h"

namespace assay::gateway {

/// A router of model0 to model3: 0 and 2 know maths, 1 and 3 law.
class RouterTest : public AppTest {
 protected:
  RouterTest() {
    write("in.jsonl", sample_route_lines());
    import_jsonl("in.jsonl", "x.assay");
    app::RouteFitRequest request;
    request.study = path("x.assay");
    request.router = path("x.router");
    request.embedding.dimensions = 16;
    request.threads = 1;
    app::run_route_fit(request);
  }

  std::shared_ptr<const routing::RouterFile> router(const std::string& name = "x.router") const {
    return std::make_shared<const routing::RouterFile>(path(name));
  }

  static std::shared_ptr<const Configuration> configuration(const std::string& json) {
    return std::make_shared<const Configuration>(
        configuration_in(json, "models.json", [](const std::string&) { return std::nullopt; }));
  }
};

}  // namespace assay::gateway
