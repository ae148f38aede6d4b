"""The vendor's SDK reads one page of failed tasks. Needs an environment that has huaweicloudsdkkps.

The variables HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_PROJECT_ID and BENCH_ENDPOINT say where and who.
"""

import os

from huaweicloudsdkcore.auth.credentials import BasicCredentials  # type: ignore[import-not-found,unused-ignore]
from huaweicloudsdkkps.v3 import KpsClient, ListFailedTaskRequest  # type: ignore[import-not-found,unused-ignore]

if __name__ == "__main__":
    login = BasicCredentials(
        os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"], os.environ["HUAWEICLOUD_SDK_PROJECT_ID"]
    )
    client = KpsClient.new_builder().with_credentials(login).with_endpoint(os.environ["BENCH_ENDPOINT"]).build()
    print(client.list_failed_task(ListFailedTaskRequest(limit="1000")))
