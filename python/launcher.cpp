#include "python/bridge/bridge.h"

int main(int argc, char** argv) { return assay_main(argc, argv); }
