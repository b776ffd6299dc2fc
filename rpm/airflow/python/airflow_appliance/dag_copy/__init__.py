"""A tenant's DAGs, copied from S3 into the volume of a task pod by a program that needs no privilege.

`python -I -m airflow_appliance.dag_copy` is the pod's init container. A pod waits for it, so it loads nothing but
Python's own library: boto3 alone takes as long to load as a hundred files take to arrive.
"""
