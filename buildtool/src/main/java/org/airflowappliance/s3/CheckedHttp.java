package org.airflowappliance.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * The SDK's client over Java's own connections, whose broken connections are what they are: it
 * throws some of them unchecked, and those the SDK does not try again.
 *
 * @param client the SDK's
 */
public record CheckedHttp(SdkHttpClient client) implements SdkHttpClient {
  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest wanted) {
    ExecutableHttpRequest request = client.prepareRequest(wanted);
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        try {
          return request.call();
        } catch (UncheckedIOException broken) {
          throw broken.getCause();
        }
      }

      @Override
      public void abort() {
        request.abort();
      }
    };
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }
}
