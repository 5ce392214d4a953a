# Builds a release of arun from its source. RELEASING.md says what a release changes here.
class Arun < Formula
  desc "Run scripts of timed asynchronous jobs, written in JSON or YAML"
  homepage "https://example.invalid/arun"
  url "https://example.invalid/arun/archive/refs/tags/v0.1.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "nlohmann-json" => :build
  depends_on "libfyaml"
  depends_on "libuv"
  depends_on "pcre2"

  uses_from_macos "curl"

  def install
    # CMakeLists.txt asks FetchContent for libraries, which finds those above. Disconnected, it downloads nothing.
    args = %w[
      -DARUN_STATIC_DEPS=OFF
      -DBUILD_TESTING=OFF
      -DHOMEBREW_ALLOW_FETCHCONTENT=ON
      -DFETCHCONTENT_FULLY_DISCONNECTED=ON
    ]
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", *args, *std_cmake_args
    system "cmake", "--build", "build", "--target", "arun"
    system "cmake", "--install", "build"
  end

  test do
    (testpath/"hello.yaml").write <<~YAML
      - sleep: 1h
      - print: hello
    YAML
    assert_equal "hello\n", shell_output("#{bin}/arun --virtual hello.yaml")
    assert_match version.to_s, shell_output("#{bin}/arun --version")
  end
end
