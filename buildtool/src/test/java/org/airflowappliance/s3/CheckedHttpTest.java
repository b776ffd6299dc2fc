package org.airflowappliance.s3;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

final class CheckedHttpTest {
  /** As the SDK's client is when a connection breaks while a body is announced. */
  private static final class Breaking implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          throw new UncheckedIOException(new SocketException("Connection reset"));
        }

        @Override
        public void abort() {
          throw new IllegalStateException("nobody asked for that");
        }
      };
    }

    @Override
    public void close() {
      // holds nothing
    }
  }

  @Test
  void aBrokenConnectionIsAnErrorThatTheSdkTriesAgain() {
    try (CheckedHttp http = new CheckedHttp(new Breaking())) {
      ExecutableHttpRequest request = http.prepareRequest(null);
      assertThatThrownBy(request::call)
          .isInstanceOf(IOException.class)
          .isInstanceOf(SocketException.class)
          .hasMessage("Connection reset");
    }
  }
}
